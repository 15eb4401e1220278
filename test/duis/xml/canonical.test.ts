import t from 'tap';
import { canonicalForms } from '../../../src/duis/xml/canonical.js';

const formsOf = (xml: string): { content: string; signedInfo: string } => {
  const forms = canonicalForms(Buffer.from(xml));
  if (!forms.ok) throw new Error(forms.rejection.detail);
  const { content, signedInfo } = forms.value;
  return { content: content.toString(), signedInfo: signedInfo.toString() };
};

const signature = (inside = '<d:SignedInfo/>', attributes = ' xmlns:d="urn:d"'): string =>
  `<d:Signature${attributes}>${inside}</d:Signature>`;

t.test('the content is all but the signature, with the namespaces of the root', async (t) => {
  for (const [xml, content] of [
    [`<a>${signature()}</a>`, '<a></a>'],
    [`<?xml version="1.0"?>\n<a>\n  <b/>\n  ${signature()}\n</a>\n`, '<a>\n  <b></b>\n  \n</a>'],
    [`<a xmlns:u="urn:u" xmlns="urn:a">${signature()}</a>`, '<a xmlns="urn:a" xmlns:u="urn:u"></a>'],
    [`<!-- x --><a><!-- y -->${signature()}<!-- z --></a><!-- w -->`, '<a></a>'],
    [
      `<a b='1' a="&quot;&#9;&#xA;&lt;" >&gt;&#13;\r\n\r${signature()}</a >`,
      '<a a="&quot;&#x9;&#xA;&lt;" b="1">&gt;&#xD;\n\n</a>',
    ],
    [`<a><![CDATA[<&]]>${signature()}</a>`, '<a>&lt;&amp;</a>'],
    [`\ufeff<a>\u{1f600}\u0085\u2028${signature()}</a>`, '<a>\u{1f600}\u0085\u2028</a>'],
    [`<a xmlns:xml="http://www.w3.org/XML/1998/namespace">${signature()}</a>`, '<a></a>'],
  ] as const) {
    t.equal(formsOf(xml).content, content);
  }
});

t.test('the SignedInfo is the first element of the last, with the namespaces that it uses', async (t) => {
  const declaration = ' xmlns:d="urn:d"';
  for (const [xml, signedInfo] of [
    [`<a>${signature()}</a>`, `<d:SignedInfo${declaration}></d:SignedInfo>`],
    [
      `<a${declaration} xmlns:u="urn:u">${signature('<d:SignedInfo/>', '')}</a>`,
      `<d:SignedInfo${declaration}></d:SignedInfo>`,
    ],
    [
      `<a><Signature xmlns="urn:d"> <SignedInfo a="1"/></Signature></a>`,
      '<SignedInfo xmlns="urn:d" a="1"></SignedInfo>',
    ],
    [
      `<a>${signature('<!-- x --> <d:SignedInfo>\r\n<!-- y --><d:b/></d:SignedInfo><d:c/>')} <!-- z --> </a>`,
      `<d:SignedInfo${declaration}>\n<d:b></d:b></d:SignedInfo>`,
    ],
    [
      `<a xml:lang="en">${signature('<d:SignedInfo xmlns:u="urn:u"/>')}</a>`,
      `<d:SignedInfo${declaration}></d:SignedInfo>`,
    ],
    [
      `<a>${signature('<d:SignedInfo>1</d:SignedInfo>')}${signature('<d:SignedInfo>2</d:SignedInfo>')}</a>`,
      `<d:SignedInfo${declaration}>2</d:SignedInfo>`,
    ],
  ] as const) {
    t.equal(formsOf(xml).signedInfo, signedInfo);
  }
});

t.test('every character, wherever the output is cut into pieces', async (t) => {
  const text = '<b>\ufeff\u00e9</b>'.repeat(2000);
  const { content, signedInfo } = formsOf(
    `<a>${text}${signature(`<d:SignedInfo>${text}</d:SignedInfo>`)}</a>`,
  );
  t.ok(content === `<a>${text}</a>`);
  t.ok(signedInfo === `<d:SignedInfo xmlns:d="urn:d">${text}</d:SignedInfo>`);
});

t.test('what has no canonical form, and what the parser of the signature does not take', async (t) => {
  for (const xml of [
    // Well-formed with namespaces to the other parser.
    `<a xmlns:x="relative">${signature()}</a>`,
    `<a xmlns="../relative">${signature()}</a>`,
    `<a>${signature('<d:SignedInfo xmlns:x="relative"/>')}</a>`,
    `<a>${signature('<d:SignedInfo/><d:b xmlns:x="relative"/>')}</a>`,
    `<a xmlns:x="not a URI">${signature()}</a>`,
    `<a xml:id="1">${signature()}</a>`,
    `<a xml:id="b"><c xml:id="b"/>${signature()}</a>`,
    `<a xmlns:${'x'.repeat(60_000)}="urn:x">${signature()}</a>`,
    `\ufeff\ufeff<a>${signature()}</a>`,
    '<a>',
    '',
  ]) {
    t.strictSame(
      canonicalForms(Buffer.from(xml)),
      {
        ok: false,
        rejection: {
          kind: 'malformed-body',
          detail:
            'The body is not XML to the parser that its signature is checked with, or has no canonical form.',
        },
      },
      xml.slice(0, 80),
    );
  }
});

t.test('a document without a signature is a mistake of the caller', async (t) => {
  for (const xml of ['<a/>', '<a>text</a>', '<a><b/></a>']) {
    t.throws(() => canonicalForms(Buffer.from(xml)), TypeError);
  }
});
