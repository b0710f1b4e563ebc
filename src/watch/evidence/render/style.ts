/** The style sheet of evidence.html: for paper first. Text has a contrast of 4.5 or more. */
export const style = `:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:1.5rem 1rem 3rem;background:#fff;color:#1c2127;font:1rem/1.45 -apple-system,"Segoe UI",Roboto,system-ui,"Helvetica Neue",Arial,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.2rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1.25rem 0 .25rem}
p,ul{margin:.4rem 0}
ul{padding-left:1.2rem}
a{color:#0b5cad}
a:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}
small,caption{color:#59636e;font-size:.85rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.5rem 0}
dt{color:#59636e}
dd{margin:0}
.wide{overflow-x:auto}
.wide:focus-visible{outline:3px solid #0b5cad}
table{width:100%;border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums;margin:.5rem 0}
caption{text-align:left;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid #d9dee3;font-weight:400}
thead th{color:#59636e;border-bottom:1px solid #59636e}
tbody th{font-weight:600}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
.bad{color:#b3261e;font-weight:600}
.skip{position:absolute;left:-100vw}
.skip:focus{position:static}
@media print{
@page{margin:15mm}
body{max-width:none;padding:0;font-size:9.5pt}
a{color:inherit;text-decoration:none}
.wide{overflow:visible}
.skip{display:none}
thead{display:table-header-group}
tr,dl,li{break-inside:avoid}
h2,h3,caption{break-after:avoid}
section.source{break-before:page}
}
`;
