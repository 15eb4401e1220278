import t from 'tap';
import { parseXml } from '../../../src/duis/xml/parse.js';

t.test('a tree of names, attributes and text', async (t) => {
  t.match(parseXml(Buffer.from('<p:a xmlns:p="urn:p" b="1" p:c="2">x<d/><![CDATA[y]]><!-- z --></p:a>')), {
    ok: true,
    value: {
      root: {
        uri: 'urn:p',
        name: 'a',
        attributes: [
          { uri: '', name: 'b', value: '1' },
          { uri: 'urn:p', name: 'c', value: '2' },
        ],
        children: [{ uri: '', name: 'd', children: [], text: '' }],
        text: 'xy',
        hasComment: true,
        hasCdata: true,
        line: 1,
      },
    },
  });
});

t.test('what is not well-formed, or not with namespaces', async (t) => {
  for (const xml of [
    '<![CDATA[x]]><a/>',
    '<a/><![CDATA[]]>',
    '&amp;<a/>',
    '<a/>]]>',
    '<a>]]></a>',
    '<a b="<"/>',
    '<a b=1/>',
    '<a b="1"c="2"/>',
    '<a b="1" b="2"/>',
    '<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>',
    '<a xmlns:p="u" xmlns:p="v"/>',
    '<a xmlns:p=""/>',
    '<a xmlns:xml="urn:x"/>',
    '<a xmlns="http://www.w3.org/2000/xmlns/"/>',
    '<xmlns:a/>',
    '<a:b:c xmlns:a="u"/>',
    '<p:a/>',
    '<a p:b=""/>',
    ' <?xml version="1.0"?><a/>',
    '<?xml version="1.0"?><?xml version="1.0"?><a/>',
    '<?xml encoding="UTF-8"?><a/>',
    '<?xml version="1.0" standalone="maybe"?><a/>',
    '<a><!-- -- --></a>',
    '<a>&#0;</a>',
    '<a>&#xD800;</a>',
    '<a>\uFFFE</a>',
    '<a>&lt</a>',
    '<a>&nbsp;</a>',
    '<1a/>',
    '</a>',
    '<a/><b/>',
    '<a></b>',
    '<a>',
    '',
  ]) {
    t.match(
      parseXml(Buffer.from(xml)),
      { ok: false, rejection: { kind: 'malformed-body' } },
      JSON.stringify(xml),
    );
  }
});

t.test('a byte order mark, once', async (t) => {
  t.match(parseXml(Buffer.from('\ufeff<a/>')), { ok: true });
  t.match(parseXml(Buffer.from('\ufeff\ufeff<a/>')), { ok: false, rejection: { kind: 'malformed-body' } });
});
