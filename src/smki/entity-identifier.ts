/**
 * An EUI-64 as the SMKI and DUIS write it: eight hyphenated octets, upper case. Of fixed width, so that string
 * order is numeric order and a range of identifiers is compared as text.
 */
export type EntityIdentifier = string & { readonly __brand: 'EntityIdentifier' };

/** Either case: DUIS takes both. */
export const entityIdentifierPattern = /^[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){7}$/;

/** Writes the eight octets of a certificate's x500UniqueIdentifier, given as a string of byte values. */
export function entityIdentifierFromOctets(octets: string): EntityIdentifier {
  return Array.from(octets, (octet) => octet.charCodeAt(0).toString(16).padStart(2, '0'))
    .join('-')
    .toUpperCase() as EntityIdentifier;
}
