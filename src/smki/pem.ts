import forge from 'node-forge';
import { notX509 } from './der.js';

/** The bytes of the one block of a PEM file, whatever text stands around it. Throws a Defect. */
export function pemBody(text: string, label: string): Buffer {
  let blocks: forge.pem.ObjectPEM[] = [];
  try {
    blocks = forge.pem.decode(text);
  } catch {
    // No block at all.
  }
  const [block, ...others] = blocks;
  if (block?.type !== label || others.length > 0) throw notX509(`it is not one PEM block, ${label}`);
  return Buffer.from(block.body, 'latin1');
}
