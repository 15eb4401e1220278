import { readFileSync } from 'node:fs';
import path from 'node:path';
import { XmlDocument, XmlParseError, XmlValidateError, XsdValidator } from 'libxml2-wasm';
import { xmlRegisterFsInputProviders } from 'libxml2-wasm/lib/nodejs.mjs';
import { packageRoot } from '../../../src/package-root.js';

xmlRegisterFsInputProviders();

const schemaPath = path.join(packageRoot, 'schemas/service-user-gateway.xsd');
const schema = XmlDocument.fromBuffer(readFileSync(schemaPath), { url: schemaPath });
const validator = XsdValidator.fromDoc(schema);

/** What libxml2 says of a document by our own XSD: undefined where it is valid. */
export function schemaFault(xml: string | Buffer): string | undefined {
  let document: XmlDocument | undefined;
  try {
    document = XmlDocument.fromBuffer(Buffer.from(xml));
    validator.validate(document);
    return undefined;
  } catch (error) {
    if (error instanceof XmlValidateError || error instanceof XmlParseError) return error.message;
    throw error;
  } finally {
    document?.dispose();
  }
}
