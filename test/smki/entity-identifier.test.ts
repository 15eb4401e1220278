import t from 'tap';
import { entityIdentifierFromOctets, entityIdentifierPattern } from '../../src/smki/entity-identifier.js';

t.test('eight octets, hyphenated, upper case', async (t) => {
  t.equal(entityIdentifierFromOctets('\x90\xb3\xd5\x1f\x30\x02\x00\x0a'), '90-B3-D5-1F-30-02-00-0A');
});

t.test('the pattern takes either case and exactly eight octets', async (t) => {
  t.match('90-b3-D5-1F-30-02-00-00', entityIdentifierPattern);
  for (const text of [
    '90-B3-D5-1F-30-02-00',
    '90-B3-D5-1F-30-02-00-00-00',
    '90B3D51F30020000',
    '90-B3-D5-1F-30-02-00-0G',
    '90-B3-D5-1F-30-02-00-00\n',
  ]) {
    t.notMatch(text, entityIdentifierPattern, JSON.stringify(text));
  }
});
