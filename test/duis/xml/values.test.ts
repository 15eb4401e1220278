import t from 'tap';
import {
  canonicalFiller,
  countPlaceholders,
  hasPlaceholder,
  parsedText,
  placeOf,
  takeApart,
} from '../../../src/duis/xml/values.js';

t.test('plain values are taken out, and everything else stays', async (t) => {
  t.strictSame(takeApart('<a b="1">\n <c>12-AB:/+=</c><d>x y, z</d>\n</a>'), {
    markup: '<a b="1">\n <c>\ue000</c><d>\ue001</d>\n</a>',
    values: ['12-AB:/+=', 'x y, z'],
  });
  t.strictSame(takeApart('<a>AB&#13;\nCD\nEF</a>'), { markup: '<a>\ue000</a>', values: ['AB&#13;\nCD\nEF'] });
  for (const [xml, why] of [
    ['<a/>', 'no value'],
    ['<a> 1</a>', 'white space in front, which a comparison of line numbers would miss'],
    ['<a>1\r\n2</a>', 'a carriage return, which a parser drops'],
    ['<a>a&amp;b</a>', 'a reference'],
    ['<a>a&#10;</a>', 'another reference'],
    ['<a>]]></a>', 'what must not stand in text'],
    ['<a b=">1"/>', 'the end of an attribute value'],
    ['<a>1', 'nothing after it'],
    ['1', 'no tag'],
  ] as const) {
    t.equal(takeApart(xml), undefined, why);
  }
});

t.test('as many values as there are placeholders', async (t) => {
  const document = (count: number): string => `<a>${'<b>1</b>'.repeat(count)}</a>`;
  t.equal(takeApart(document(256))?.values.length, 256);
  t.equal(takeApart(document(257)), undefined);
});

t.test('a placeholder by itself has a place', async (t) => {
  t.strictSame(['\ue000', '\ue0ff', '\ue100', '\udfff', 'a', '', '\ue000\ue001', ' \ue000'].map(placeOf), [
    0,
    255,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  t.equal(hasPlaceholder('a\ue0ffb'), true);
  t.equal(hasPlaceholder('a\ue100b'), false);
  t.equal(countPlaceholders('\ue000a\ue001'), 2);
});

t.test('a carriage return is itself to a parser, and a reference in the canonical form', async (t) => {
  t.equal(parsedText('a&#13;\nb&#13;'), 'a\r\nb\r');
  t.equal(canonicalFiller('<a>\ue001</a><b>\ue000</b>')(['1&#13;\n2', '3']), '<a>3</a><b>1&#xD;\n2</b>');
  t.equal(canonicalFiller('<a></a>')([]), '<a></a>');
});
