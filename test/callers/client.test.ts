import { X509Certificate } from 'node:crypto';
import t from 'tap';
import { clientText, tlsClient } from '../../src/callers/client.js';
import { tlsAuthority, tlsCertificate } from './tls-files.js';

const authority = tlsAuthority('authority');

const certificateOf = (names: Parameters<typeof tlsCertificate>[2]): X509Certificate =>
  new X509Certificate(tlsCertificate(authority, 'client', names).der);

const nameOf = (
  names: Parameters<typeof tlsCertificate>[2],
  allowed?: readonly string[],
): string | undefined => tlsClient(certificateOf(names), allowed)?.name;

t.test(
  'a client is known by a DNS name, or else by its common name, or else by its fingerprint',
  async (t) => {
    t.equal(nameOf({ commonNames: ['DSP 1'], dns: ['dsp-1.example', 'dsp-2.example'] }), 'dsp-1.example');
    t.equal(nameOf({ commonNames: ['DSP 1'] }), 'DSP 1');
    const certificate = certificateOf({});
    const fingerprint = certificate.fingerprint256.replaceAll(':', '').toLowerCase();
    t.strictSame(tlsClient(certificate, undefined), { kind: 'tls', name: fingerprint, fingerprint });
  },
);

t.test('only a client with a name that is listed is let in, and is known by that name', async (t) => {
  const names = { commonNames: ['DSP 1'], dns: ['dsp-1.example', 'dsp-2.example'] };
  t.equal(nameOf(names, ['other', 'dsp-2.example']), 'dsp-2.example');
  t.equal(nameOf(names, ['DSP 1']), 'DSP 1');
  for (const allowed of [
    [],
    ['dsp-1'],
    ['DSP-1.example'],
    ['*.example'],
    ['dsp-1.example, DNS:dsp-2.example'],
  ])
    t.equal(nameOf(names, allowed), undefined, allowed.join());
  t.equal(nameOf({ dns: ['*.example'] }, ['dsp-1.example']), undefined);
  t.equal(nameOf({}, ['dsp-1.example']), undefined);
});

t.test('no name is read out of another', async (t) => {
  const allowed = ['dsp-1.example'];
  for (const name of ['x, DNS:dsp-1.example', 'x, DNS:dsp-1.example, x', 'dsp-1.example\0.other']) {
    t.equal(nameOf({ dns: [name] }, allowed), undefined, JSON.stringify(name));
    t.equal(nameOf({ commonNames: [name] }, allowed), undefined, JSON.stringify(name));
  }
  t.equal(nameOf({ commonNames: ['x\nCN=dsp-1.example'] }, allowed), undefined);
  t.equal(nameOf({ commonNames: ['dsp-1.example', 'other'] }, allowed), undefined, 'which of two counts?');
});

t.test('a client is one word in a record', async (t) => {
  t.equal(clientText({ kind: 'tls', name: 'dsp-1', fingerprint: '00' }), 'tls:dsp-1');
  t.equal(clientText({ kind: 'address', address: '10.0.0.1' }), 'address:10.0.0.1');
});
