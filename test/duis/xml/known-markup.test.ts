import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { canonicalForms } from '../../../src/duis/xml/canonical.js';
import { knownMarkup } from '../../../src/duis/xml/known-markup.js';
import { parseCanonical, parseXml, type ParsedXml } from '../../../src/duis/xml/parse.js';
import { readSignedXmlRequest } from '../../../src/duis/xml/request.js';
import { signedForms } from '../../../src/duis/xml/signed-forms.js';
import { treeTemplate } from '../../../src/duis/xml/tree-template.js';
import { toXml } from '../../../src/mock-dsp/message.js';
import { attacks } from '../../../src/mock-dsp/xml-attacks.js';
import { signXml } from '../../../src/mock-dsp/xml-signature.js';
import { catchDefect, Defect, type Result } from '../../../src/rejection.js';
import { decodeUtf8 } from '../../../src/utf8.js';
import { message } from '../../fixtures.js';
import { signer } from './judge.js';

t.test('what is learnt of a markup is learnt at the second time, and once', async (t) => {
  const asked: string[] = [];
  const learntOf = knownMarkup((markup, valueCount) => {
    asked.push(`${markup} ${String(valueCount)}`);
    if (markup === 'a') return 'learnt';
    throw new Defect('malformed-body', 'it is not a');
  });
  const times = (markup: string): unknown[] => [1, 2, 3].map(() => learntOf({ markup, values: ['1'] }));
  t.strictSame(times('a'), [undefined, 'learnt', 'learnt']);
  t.strictSame(times('b'), [undefined, undefined, undefined]);
  t.strictSame(asked, ['a 1', 'b 1']);
});

/** Three times, so that its markup is known at the last. */
const afterOthers = <T>(read: () => T): T => {
  read();
  read();
  return read();
};

const rootOf = (parsed: Result<ParsedXml>): unknown => (parsed.ok ? parsed.value.root : parsed.rejection);

const parsedDirectly = (xml: Buffer): unknown => {
  const text = decodeUtf8(xml);
  if (text === undefined) return { kind: 'malformed-body', detail: 'The body is not UTF-8.' };
  const parsed = catchDefect(() => parseCanonical(text));
  return parsed.ok ? parsed.value : parsed.rejection;
};

const hasSameTree = (xml: Buffer): boolean =>
  isDeepStrictEqual(rootOf(afterOthers(() => parseXml(xml))), parsedDirectly(xml));

const documents = [
  toXml(message()),
  ...[undefined, 64 as const, 76 as const].map((lineLength) =>
    signXml(toXml(message()), signer, lineLength === undefined ? {} : { lineLength }),
  ),
];
const attacked = Object.values(attacks).flatMap(({ attack }) =>
  documents.slice(1).map((xml) => attack(xml, signer)),
);

t.test('the tree of a known markup is the tree that a parser makes', async (t) => {
  for (const xml of [...documents, ...attacked]) t.ok(hasSameTree(Buffer.from(xml)), xml.slice(0, 4000));
});

t.test('where a placeholder is no text, nothing is learnt', async (t) => {
  for (const xml of [
    '<a><!-- <b>1</b> --></a>',
    '<a><!-- <b>1</b> --><c>&#xE000;</c></a>',
    '<a><b>1</b><c>&#57344;</c></a>',
    '<a><b c="&#xE000;">1</b></a>',
    '<a b=">x"><c>1</c></a>',
    "<a b='<x>1</x>'/>",
    '<a><![CDATA[<b>1</b>]]></a>',
    '<a><![CDATA[]]>1</a>',
    '<a>1<b/></a>',
    '<a><b/>1</a>',
    '<a><b/>1\n2</a>',
    '<a><c>\ue000</c><b>1</b></a>',
    '<a><b>1</b><c>\ue001</c></a>',
    '<a>1<!-- -->2</a>',
    '<a>1\n2</a>\n<!-- 1\n -->',
    '<a>\n<b>1\n2</b>\n<c/></a>',
    '<?xml version="1.0"?><a>1</a>',
    '<?xml version="1.0"?>1<a/>',
    '<a>1</a>2<!-- -->',
    '<a><?b 1?><c>1</c></a>',
    '<!DOCTYPE a [<!ENTITY b "<c>1</c>">]><a>1</a>',
    '<a>\ue000<b>1</b></a>',
    '<a>1</b>',
  ]) {
    t.ok(hasSameTree(Buffer.from(xml)), xml);
  }
});

t.test('a document beyond ASCII, which may have placeholders of its own, is parsed each time', async (t) => {
  const known = (xml: string): unknown => {
    const parsed = afterOthers(() => parseXml(Buffer.from(xml)));
    return parsed.ok && parsed.value.takenApart;
  };
  t.strictSame(known('<a>1</a>'), { markup: '<a>\ue000</a>', values: ['1'] });
  t.equal(known('<a>1</a><!-- é -->'), undefined);
});

t.test('as many values as the markup had', async (t) => {
  const root = parseCanonical('<a><b>\ue000</b></a>');
  t.equal(treeTemplate(root, 1)(['2']).children[0]?.text, '2');
  t.throws(() => treeTemplate(root, 2), { message: 'A placeholder is no text.' });
});

const place = fc.double({ min: 0, max: 1, noNaN: true });

t.test('whatever is done to a document', async (t) => {
  const pieces = [
    '<',
    '>',
    '"',
    "'",
    '&',
    '&#13;',
    ']]>',
    '<!--',
    '-->',
    '<![CDATA[',
    '/',
    '\n',
    '\r',
    ' ',
    '\ue000',
    'A',
    'é',
    '&#xE000;',
    '&#xE001;',
    '<!-- <b>1</b> -->',
  ];
  const property = fc.property(
    fc.constantFrom(...documents, '<a>\n<b c="d">1</b>\n<b>2</b></a>'),
    fc.array(fc.tuple(place, fc.constantFrom(...pieces), fc.boolean()), { maxLength: 3 }),
    (xml, changes) => {
      let changed = xml;
      for (const [at, piece, replaces] of changes) {
        const index = Math.floor(at * changed.length);
        changed = changed.slice(0, index) + piece + changed.slice(index + (replaces ? 1 : 0));
      }
      return hasSameTree(Buffer.from(changed));
    },
  );
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 3_000 });
  });
});

const value = fc.stringMatching(/^[\w+/=:.,-][\w+/=:., -]{0,20}(?:(?:&#13;)?\n[\w+/=]{0,8}){0,2}$/);

t.test('a markup that is known takes any values', async (t) => {
  const [plain = ''] = documents;
  const between = />[\w+/=:.,-][\w+/=:., -]*</g;
  const count = plain.match(between)?.length ?? 0;
  const property = fc.property(fc.array(value, { minLength: count, maxLength: count }), (values) => {
    let next = 0;
    const filled = Buffer.from(plain.replace(between, () => `>${values[next++] ?? ''}<`));
    return hasSameTree(filled) && parseXml(filled).ok;
  });
  t.doesNotThrow(() => {
    fc.assert(property);
  });
});

t.test('the canonical forms of a known markup are those that libxml2 makes', async (t) => {
  let known = 0;
  const isSame = (xml: Buffer): boolean => {
    const parsed = afterOthers(() => parseXml(xml));
    if (!parsed.ok) return true;
    const { takenApart } = parsed.value;
    if (takenApart !== undefined) known += 1;
    const forms = (from: ParsedXml): unknown => signedForms(xml, from);
    const direct = forms({ ...parsed.value, takenApart: undefined });
    return isDeepStrictEqual(
      afterOthers(() => forms(parsed.value)),
      direct,
    );
  };
  for (const xml of documents.slice(1)) t.ok(isSame(Buffer.from(xml)));
  t.equal(known, 3, 'the markup of each is known');
  const relative = (documents[1] ?? '').replace('<sr:Request ', '<sr:Request xmlns:x="relative" ');
  t.ok(isSame(Buffer.from(relative)), 'what has no canonical form has none the third time');
  for (const [name, { attack }] of Object.entries(attacks)) {
    for (const xml of documents.slice(1)) {
      const bytes = Buffer.from(attack(xml, signer));
      // What does not end with a Signature is not brought into these forms.
      const read = readSignedXmlRequest(bytes);
      if (read.ok && read.value.signature?.signature !== undefined) t.ok(isSame(bytes), name);
    }
  }
  const property = fc.property(
    fc.array(value, { minLength: 3, maxLength: 3 }),
    ([one = '', two = '', three = '']) => {
      const signed = documents[2] ?? '';
      const filled = signed
        .replace(/(?<=DigestValue>)[^<]*/, one)
        .replace(/(?<=SignatureValue>)[^<]*/, two)
        .replace(/(?<=RequestID>)[^<]*/, three);
      const forms = canonicalForms(Buffer.from(filled));
      return isSame(Buffer.from(filled)) && forms.ok;
    },
  );
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 300 });
  });
});
