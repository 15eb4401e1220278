import { XmlDocument } from 'libxml2-wasm';
import t from 'tap';
import { writeXmlResponse } from '../../../src/duis/xml/response.js';
import { decisionOn } from '../../decisions.js';
import { message, now } from '../../fixtures.js';
import { schemaFault } from './schema-validator.js';

t.test('the response has the published shape, and is valid by our XSD', async (t) => {
  for (const serviceReferenceVariant of ['6.15.1', '6.21', '6.23'] as const) {
    const decision = await decisionOn(message({ serviceReferenceVariant, importMpxn: '1200023305967' }));
    const xml = writeXmlResponse(decision);
    t.equal(schemaFault(xml), undefined);
    const document = XmlDocument.fromString(xml);
    const path = { sr: 'http://www.dccinterface.co.uk/ServiceUserGateway' };
    const text = (xpath: string): string | undefined => document.get(xpath, path)?.content;
    t.equal(text('/sr:Response/@schemaVersion'), '5.4');
    t.equal(text('/sr:Response/sr:Header/sr:RequestID'), '02-00-00-00-01-01-00-01:02-00-00-00-0E-00-00-01:1');
    t.equal(text('/sr:Response/sr:Header/sr:ResponseCode'), 'I0');
    t.equal(text('/sr:Response/sr:Header/sr:ResponseDateTime'), now.toISOString());
    const reference = serviceReferenceVariant === '6.15.1' ? '6.15' : serviceReferenceVariant;
    t.equal(text('/sr:Response/sr:Body/sr:ResponseMessage/sr:ServiceReference'), reference);
    t.equal(
      text('/sr:Response/sr:Body/sr:ResponseMessage/sr:ServiceReferenceVariant'),
      serviceReferenceVariant,
    );
    document.dispose();
  }
});
