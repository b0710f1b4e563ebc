/**
 * The style sheet. Text has a contrast of 4.5 or more to what is below it, and what figures say 3 or more, in both schemes; lines that
 * only part or frame (`--line`, `--off`) have less.
 */

export const light = `--bg:#f6f7f8;--paper:#fff;--text:#1c2127;--muted:#59636e;--line:#d9dee3;--link:#0b5cad;--good:#1a7f4b;--bad:#b3261e;--late:#9a5b00;--half:#3d6494;--calm:#59636e;--off:#c5ccd3;--on:#fff;--good-bg:#e9f6ee;--bad-bg:#fdeceb;--late-bg:#fff4e0;--half-bg:#eaf1f9;--calm-bg:#eef0f2`;
export const dark = `--bg:#0f1318;--paper:#171c22;--text:#e6e9ec;--muted:#9ca7b2;--line:#2d353d;--link:#7db8ff;--good:#4cc38a;--bad:#ff8f85;--late:#f0b458;--half:#8bb4e8;--calm:#9ca7b2;--off:#3b444d;--on:#10151a;--good-bg:#12281d;--bad-bg:#341916;--late-bg:#2e220e;--half-bg:#172433;--calm-bg:#20262d`;

const tones = ['good', 'bad', 'late', 'half', 'calm']
  .map((tone) => `.${tone}{--tone:var(--${tone});--tone-bg:var(--${tone}-bg)}`)
  .join('');

const layout = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0 auto;max-width:66rem;padding:1.25rem 1rem 2rem;background:var(--bg);color:var(--text);font:1rem/1.5 -apple-system,"Segoe UI",Roboto,system-ui,"Helvetica Neue",Arial,sans-serif}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure{margin:0}
h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.01em;text-wrap:balance}
h2{font-size:1.2rem;margin:2.25rem 0 .75rem}
h3{font-size:1rem}
h4{font-size:.9rem;margin:1.25rem 0 .25rem}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,summary:focus-visible,pre:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
small,.kind,.none,figcaption,caption{color:var(--muted);font-size:.85rem;font-weight:400}
.over{color:var(--late)}
.skip{position:absolute;left:-100vw;background:var(--paper);padding:.5rem 1rem;z-index:1}
.skip:focus{left:1rem;top:.5rem}
.defs{position:absolute;width:0;height:0}
header{display:flex;flex-wrap:wrap;gap:0 1.5rem;justify-content:space-between;color:var(--muted);font-size:.9rem}
header b{color:var(--text)}
.example{flex-basis:100%;font-weight:600;color:var(--late)}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.9rem}
`;

const answer = `
.answer{display:flex;gap:1rem;align-items:flex-start;margin-top:1rem;padding:1.25rem 1.25rem;border-radius:12px;background:var(--tone-bg);border:1px solid var(--tone)}
.answer>.i{width:2.1rem;height:2.1rem}
.answer p{margin-top:.25rem}
.i{width:1.05rem;height:1.05rem;flex:none;vertical-align:-.15em;fill:var(--tone);stroke:none}
.i.calm,.i.half,.i.late,.i.bad,.i.good{color:var(--tone)}
.on{fill:none;stroke:var(--on);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.ring{fill:none;stroke:currentColor;stroke-width:2}
.tag{display:inline-block;padding:0 .5rem;border-radius:99px;background:var(--tone-bg);color:var(--tone);font-size:.85rem;font-weight:600}
.todo{list-style:none;padding:0;display:grid;gap:.75rem}
.card{padding:1rem 1.25rem;border:1px solid var(--line);border-left:5px solid var(--tone);border-radius:8px;background:var(--paper);overflow-wrap:anywhere}
h3{display:flex;flex-wrap:wrap;align-items:center;gap:.15rem .5rem}
.card p{margin:.35rem 0}
.card ul{padding-left:1.2rem;margin:.35rem 0}
.good-one{margin-top:.75rem}
pre{margin:.35rem 0 0;padding:.6rem .75rem;border-radius:6px;background:var(--bg);border:1px solid var(--line);font:.85rem/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
code{font:inherit}
`;

const table = `
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
caption{text-align:left;padding-bottom:.5rem}
th,td{text-align:left;padding:.55rem .75rem .55rem 0;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{color:var(--muted);font-size:.85rem;border-bottom:1px solid var(--off)}
.overview tbody th{overflow-wrap:anywhere;font-weight:600}
.overview small{display:block}
.overview td:nth-child(3) small{display:inline}
.overview td{white-space:nowrap}
.bar{display:block;width:6.5rem;height:4px;margin-top:.3rem;fill:var(--off)}
.bar .v{fill:var(--good)}
.bar.over .v{fill:var(--late)}
.strip{width:16.5rem;height:.55rem;margin-top:.45rem;overflow:visible}
.c{fill:none;stroke-width:.84;stroke-dasharray:.84 .16}
.c.p{stroke:var(--good)}
.c.t{stroke:var(--half);stroke-dasharray:.4 .6}
.c.b{stroke:var(--bad)}
.c.b1,.c.b2{stroke:var(--on);stroke-width:.16;stroke-dasharray:0 .14 .56 .3}
.c.b2{stroke-width:.56;stroke-dasharray:0 .34 .16 .5}
.c.m{stroke:var(--late)}
.c.m1{stroke:var(--bg);stroke-width:.48;stroke-dasharray:0 .18 .48 .34}
.year .m1{stroke:var(--paper)}
.c.n{stroke:var(--calm);stroke-width:.28;stroke-dasharray:0 .28 .28 .44}
.c.w{stroke:var(--calm);stroke-width:.16;stroke-dasharray:0 .08 .68 .24}
.c.u{stroke:var(--calm);stroke-width:.44;stroke-dasharray:0 .37 .1 .53}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;padding:0;margin:.75rem 0;list-style:none;color:var(--muted);font-size:.85rem}
.sample{width:.95rem;height:.95rem;vertical-align:-.15em;overflow:visible}
`;

const detail = `
details{border:1px solid var(--line);border-radius:8px;background:var(--paper);margin-bottom:.5rem;overflow-wrap:anywhere}
summary{padding:.75rem 1.25rem;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary h3::after{content:"";margin-left:auto;width:.5rem;height:.5rem;border:solid var(--muted);border-width:0 2px 2px 0;transform:rotate(45deg)}
[open]>summary h3::after{transform:rotate(225deg)}
.body{padding:.25rem 1.25rem 1.25rem}
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(17rem,1fr));gap:.5rem 1.5rem}
dl div:last-child{grid-column:1/-1}
dt{color:var(--muted);font-size:.85rem}
figure{margin-top:1.25rem;min-width:0}
.year,.figures{display:flex;flex-wrap:wrap;gap:0 1.5rem}
.weeks{flex:1 1 18rem;max-width:29rem;margin-top:.5rem;overflow:visible}
#w0,#w1{font-size:.85px;fill:var(--muted)}
.figures figure{flex:1 1 18rem;max-width:29rem}
.chart{width:100%;margin-top:.5rem;overflow:visible}
.chart,#axis{font-size:11px;fill:var(--muted)}
.end{text-anchor:end}
.axis{stroke:var(--off)}
.line{fill:none;stroke:var(--half);stroke-width:2;stroke-linejoin:round}
.points{fill:none;stroke:var(--good);stroke-width:5;stroke-linecap:round}
.limit{stroke:var(--late);stroke-dasharray:5 4}
.band{fill:var(--good);opacity:.45}
.failures{padding-left:1.2rem}
.kept{margin-top:1.25rem}
`;

const phone = `
@media screen and (max-width:52rem){
h1{font-size:1.4rem}
.overview thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.overview,.overview tbody,.overview tr,.overview th,.overview td,.overview caption{display:block}
.overview tbody tr{display:grid;grid-template-columns:repeat(6,1fr);gap:.4rem .75rem;padding:.85rem 0;border-bottom:1px solid var(--off)}
.overview tbody th,.overview td{padding:0;border:0;white-space:normal;grid-column:span 2}
.overview td:nth-child(2),.overview td:nth-child(3){grid-column:span 3}
.overview tbody th,.overview td:last-child{grid-column:1/-1}
.overview small{display:inline}
.overview th small{margin-left:.5rem}
.overview td:nth-child(5) small{display:block}
.overview td::before{display:block;color:var(--muted);font-size:.8rem}
.overview td:nth-child(2)::before{content:"State"/""}
.overview td:nth-child(3)::before{content:"Last proven"/""}
.overview td:nth-child(4)::before{content:"Pause"/""}
.overview td:nth-child(5)::before{content:"Recovery"/""}
.overview td:nth-child(6)::before{content:"Size"/""}
.overview td:nth-child(7)::before{content:"Last 30 days"/"";margin-bottom:.2rem}
.strip{width:100%;max-width:24rem;height:.8rem;margin:0}
dl{grid-template-columns:1fr 1fr}
#w0,#w1{font-size:1.1px}
.chart,#axis{font-size:13px}
.card,.body,summary{padding-left:.85rem;padding-right:.85rem}
.kept thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
}
`;

const print = `
@media print{
:root{${light}}
body{max-width:none;padding:0;background:#fff;font-size:10pt}
svg,.answer,.tag{-webkit-print-color-adjust:exact;print-color-adjust:exact}
details::details-content{content-visibility:visible;display:block}
details,.card,figure,tr,.answer{break-inside:avoid}
.strip{width:10rem;height:.33rem}
th,td{padding-right:.5rem}
.skip,summary h3::after{display:none}
}
`;

/** One text, since the page's policy names its hash. */
export const style =
  `:root{color-scheme:light dark;${light}}@media (prefers-color-scheme:dark){:root{${dark}}}${tones}${layout}${answer}${table}${detail}${phone}${print}`.replace(
    /\n+/g,
    '\n',
  );
