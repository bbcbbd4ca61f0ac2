import { describe, expect, it } from '@jest/globals';
import { MAX_MESSAGE_BYTES, receiptSubject } from '#libs/contracts';
import { validateReceipt } from '#libs/contracts/schemas';
import { NatsLink } from '#libs/messaging';
import { buildConfiguration } from '../../test/builders/configuration-builder.ts';
import { ReceiptsService } from './receipts.service.ts';

function record() {
  const sent: { subject: string; body: Uint8Array }[] = [];
  const send = (message: { subject: string; body: Uint8Array }): number => sent.push(message);
  const link = Object.assign(Object.create(NatsLink.prototype), { send }) as NatsLink;
  const read = () => sent.map(({ body }) => validateReceipt(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))));
  return { sent, read, receipts: new ReceiptsService(link, buildConfiguration()) };
}

const reject = (id: string, reason = 'is wrong') => ({ id, reason_code: 'invalid-report', reason });

describe('receipts', () => {
  it('tell each agent in one message what is committed and what is refused of its own', () => {
    const { sent, read, receipts } = record();
    receipts.send('report', [
      { agentId: 'a', ids: ['1'], rejected: [] },
      { agentId: 'b', ids: [], rejected: [reject('2')] },
      { agentId: 'a', ids: ['3'], rejected: [reject('4')] },
      { agentId: 'c', ids: [], rejected: [] },
    ]);
    expect(sent.map(({ subject }) => subject)).toEqual(['a', 'b'].map((agentId) => receiptSubject('test', agentId)));
    expect(read()).toMatchObject([
      { valid: true, value: { v: 1, kind: 'report', ids: ['1', '3'], rejected: [reject('4')] } },
      { valid: true, value: { ids: [], rejected: [reject('2')] } },
    ]);
  });

  it('never outgrow a message, however many ids one broken message held', () => {
    const { sent, read, receipts } = record();
    const rejected = Array.from({ length: 45_000 }, (_, i) => reject(`${i}`, '\u0001'.repeat(300)));
    receipts.send('report', [{ agentId: 'a', ids: [], rejected }]);
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map(({ body }) => body.length))).toBeLessThan(MAX_MESSAGE_BYTES / 2);
    const told = read().flatMap((receipt) => (receipt.valid ? receipt.value.rejected.map(({ id }) => id) : []));
    expect(told).toEqual(rejected.map(({ id }) => id));
  });

  it('name nothing that has no id', () => {
    const { read, receipts } = record();
    receipts.send('report', [
      { agentId: 'a', ids: ['', '1'], rejected: [reject(''), reject('2')] },
      { agentId: 'b', ids: [], rejected: [reject('')] },
    ]);
    expect(read()).toMatchObject([{ valid: true, value: { ids: ['1'], rejected: [reject('2')] } }]);
  });

  it('are well formed whatever the agent calls its reports', () => {
    const { read, receipts } = record();
    receipts.send('report', [{ agentId: 'a', ids: ['good'], rejected: [reject('\ud800', 'must NOT have (\udc00)')] }]);
    expect(read()).toMatchObject([{ valid: true, value: { ids: ['good'], rejected: [{ id: '\ufffd' }] } }]);
  });
});
