import { z } from 'zod';
import { accept, reject, type Result } from '../../rejection.js';
import { nameToShow, type PathNotation } from '../value-fault.js';
import type { XmlElement } from './parse.js';

export const duisNamespace = 'http://www.dccinterface.co.uk/ServiceUserGateway';

const schemaInstanceNamespace = 'http://www.w3.org/2001/XMLSchema-instance';

/** Reads an element into the member of the same meaning in JSON. Values are not checked here: the schema does that. */
export type ElementReader = (element: XmlElement) => Result<unknown>;

interface Particle {
  readonly element: string;
  readonly member: string;
  readonly minOccurs: number;
  readonly maxOccurs: number;
  readonly repeated: boolean;
  readonly read: ElementReader;
}

/**
 * Derives, once, how to read the XML of a type from the schema that JSON is held against: a strict object is an
 * xs:sequence in the order of its keys, an array a repeated element, everything else a simple type.
 */
export function elementReader(type: z.ZodType): ElementReader {
  if (type instanceof z.ZodObject) {
    const particles = Object.entries(type.shape).map(([member, item]) => particle(member, item as z.ZodType));
    return (element) => readSequence(element, particles);
  }
  if (type instanceof z.ZodBoolean) return (element) => readValue(element, toBoolean);
  if (type instanceof z.ZodNumber) return (element) => readValue(element, toNumber);
  const isBase64 = type.meta()?.contentEncoding === 'base64';
  return (element) => readValue(element, isBase64 ? removeWhiteSpace : collapse);
}

function particle(member: string, type: z.ZodType): Particle {
  const minOccurs = type instanceof z.ZodOptional ? 0 : 1;
  const inner = withoutOptional(type);
  const repeated = inner instanceof z.ZodArray;
  const item = repeated ? (inner.element as z.ZodType) : inner;
  const maxOccurs = repeated ? maxLength(inner) : 1;
  return { element: elementName(item), member, minOccurs, maxOccurs, repeated, read: elementReader(item) };
}

const withoutOptional = (type: z.ZodType): z.ZodType =>
  type instanceof z.ZodOptional ? (type.unwrap() as z.ZodType) : type;

/** The element's name, that `element()` gave to the schema. */
export function elementName(type: z.ZodType): string {
  return (type.meta() as { xml: { name: string } }).xml.name;
}

const maxLength = (array: z.ZodArray): number => Number(z.toJSONSchema(array, { io: 'input' }).maxItems);

// XML's own white space, narrower than JavaScript's.
export const removeWhiteSpace = (text: string): string => text.replace(/[\t\n\r ]+/g, '');
export const collapse = (text: string): string => text.replace(/[\t\n\r ]+/g, ' ').replace(/^ | $/g, '');

// A text in none of the lexical forms goes on as it is, and the schema refuses it with the member's own message.
const booleans = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
const toBoolean = (text: string): unknown => booleans.get(collapse(text)) ?? text;
const toNumber = (text: string): unknown =>
  /^[+-]?[0-9]+$/.test(collapse(text)) ? Number(collapse(text)) : text;

export const notValid = (line: number, what: string): Result<never> =>
  reject('not-schema-valid', `Line ${String(line)}: ${what}.`);

function readValue(element: XmlElement, convert: (text: string) => unknown): Result<unknown> {
  const { name, line } = element;
  if (hasUnknownAttribute(element)) return notValid(line, `${name} has an attribute that is not known`);
  if (element.hasComment)
    return reject('forbidden-xml-construct', `Line ${String(line)}: a comment inside ${name}.`);
  if (element.children.length > 0) return notValid(line, `${name} holds an element instead of a value`);
  return accept(convert(element.text));
}

function readSequence(element: XmlElement, particles: readonly Particle[]): Result<unknown> {
  const fault = structureFault(element);
  if (fault !== undefined) return notValid(element.line, fault);
  const members: Record<string, unknown> = {};
  let next = 0;
  for (const particle of particles) {
    const values: unknown[] = [];
    for (; values.length < particle.maxOccurs; next += 1) {
      const child = element.children[next];
      if (child?.name !== particle.element || child.uri !== duisNamespace) break;
      const value = particle.read(child);
      if (!value.ok) return value;
      values.push(value.value);
    }
    if (values.length < particle.minOccurs) {
      return notValid(element.line, `${element.name} has no ${particle.element} where it must`);
    }
    if (values.length > 0) members[particle.member] = particle.repeated ? values : values[0];
  }
  const extra = element.children[next];
  if (extra === undefined) return accept(members);
  return notValid(
    extra.line,
    `an element is not expected there in ${element.name}, ${nameToShow(extra.name)}`,
  );
}

/** What is wrong with an element that holds elements, its children apart. */
export function structureFault(element: XmlElement, attribute?: string): string | undefined {
  if (hasUnknownAttribute(element, attribute)) return `${element.name} has an attribute that is not known`;
  // An empty CDATA section is character content too, which white space alone is not.
  return element.hasCdata || /[^\t\n\r ]/.test(element.text)
    ? `${element.name} holds text between its elements`
    : undefined;
}

/** Schema locations are hints that any schema-valid document may carry; xsi:type and xsi:nil are not taken. */
const hasUnknownAttribute = ({ attributes }: XmlElement, known?: string): boolean =>
  attributes.some(
    ({ uri, name }) =>
      !(uri === '' && name === known) &&
      !(uri === schemaInstanceNamespace && /^(?:noNamespaceS|s)chemaLocation$/.test(name)),
  );

/**
 * Names the place of a value by its elements; schemaVersion, an attribute, stays as it is. Every step of the path is
 * into an object: nothing that XML can say is wrong inside an array, whose items are certificates.
 */
export const elementPath: PathNotation = (type, path) => {
  let at = type;
  const names = path.map((key) => {
    at = withoutOptional((at as z.ZodObject).shape[String(key)] as z.ZodType);
    const { xml } = { ...at.meta() } as { xml?: { name: string } };
    return xml?.name ?? String(key);
  });
  return names.join('/');
};
