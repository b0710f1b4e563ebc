/** Texts of objects in the character set in which the tools write them. */

/** Decoders by the names of MySQL and MariaDB (MySQL manual, "Supported Character Sets"); its latin1 is cp1252. */
const labels: Readonly<Record<string, string>> = {
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin5: 'windows-1254',
  latin7: 'iso-8859-13',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp866: 'ibm866',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  tis620: 'windows-874',
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  sjis: 'shift_jis',
  cp932: 'shift_jis',
  ujis: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
};

/**
 * The text of an object. The tools set character_set_results to `binary` for it, so that it stands in the dump in the character set of
 * the client that made it (client/mysqldump.c, switch_character_set_results).
 * @param charset of that client; undefined for UTF-8
 */
export function decoded(bytes: Buffer, charset: string | undefined): string {
  const label = labels[charset?.toLowerCase() ?? ''];
  return label === undefined ? bytes.toString('utf8') : new TextDecoder(label).decode(bytes);
}
