import { hash } from 'node:crypto';
import { accept, catchDefect, Defect, type Result } from '../../rejection.js';
import { canonicalForms } from './canonical.js';
import { knownMarkup } from './known-markup.js';
import { parseCanonical, type ParsedXml, type XmlElement } from './parse.js';
import { treeTemplate, type TreeTemplate } from './tree-template.js';
import { canonicalFiller, countPlaceholders } from './values.js';

/** What a signature is made over, and what it says once it is read again. */
export interface SignedForms {
  /** The SHA-256 of the document without its signature, in base64. */
  readonly digest: string;
  readonly content: XmlElement;
  /** The bytes that are signed. */
  readonly signedInfo: Buffer;
  readonly signedInfoElement: XmlElement;
}

/** Brings a document with an enveloped signature at its end into its canonical forms, and reads these. */
export function signedForms(xml: Buffer, { takenApart }: ParsedXml): Result<SignedForms> {
  if (takenApart !== undefined) {
    const template = templateOf(takenApart);
    if (template !== undefined) return accept(template(takenApart.values));
  }
  const forms = canonicalForms(xml);
  if (!forms.ok) return forms;
  const { content, signedInfo } = forms.value;
  return catchDefect(() => ({
    digest: hash('sha256', content, 'base64'),
    content: parseCanonical(content.toString()),
    signedInfo,
    signedInfoElement: parseCanonical(signedInfo.toString()),
  }));
}

/**
 * The canonical form of a text is that of each of its characters (Canonical XML 1.0 section 2.3), so that the forms of a
 * document are those of its markup, with its values in their places.
 */
const templateOf = knownMarkup((markup) => {
  const forms = canonicalForms(Buffer.from(markup));
  if (!forms.ok) throw new Defect(forms.rejection.kind, forms.rejection.detail);
  const content = canonicalTemplate(forms.value.content.toString());
  const signedInfo = canonicalTemplate(forms.value.signedInfo.toString());
  return (values: readonly string[]): SignedForms => ({
    digest: hash('sha256', content.fill(values), 'base64'),
    content: content.tree(values),
    signedInfo: Buffer.from(signedInfo.fill(values)),
    signedInfoElement: signedInfo.tree(values),
  });
});

const canonicalTemplate = (
  form: string,
): { readonly fill: (values: readonly string[]) => string; readonly tree: TreeTemplate } => ({
  fill: canonicalFiller(form),
  tree: treeTemplate(parseCanonical(form), countPlaceholders(form)),
});
