import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connectToNats, type NatsLink } from '#libs/messaging';
import { startTestNats, type TestNats } from '../nats/start-test-nats.ts';
import { waitUntil } from '../wait-until.ts';
import { MessageRelay } from './message-relay.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('MessageRelay', () => {
  let nats: TestNats;
  let relay: MessageRelay;
  /** By way of the relay, and past it. */
  let link: NatsLink;
  let direct: NatsLink;
  let heard: string[];

  const connectTo = (servers: string): Promise<NatsLink> =>
    connectToNats({ servers, name: 'spec', nkeySeed: nats.seed('administrator'), log: () => undefined });
  const listen = async (listener: NatsLink): Promise<void> => {
    listener.subscribe('said.>', ({ subject, data }) => heard.push(`${subject} ${new TextDecoder().decode(data)}`));
    await listener.connection.flush();
  };
  const say = (speaker: NatsLink, ...words: string[]): void => {
    for (const word of words) speaker.send({ subject: `said.${word}`, body: bytes(word), headers: { word } });
  };

  beforeEach(async () => {
    nats = await startTestNats();
    relay = await MessageRelay.start(nats.url);
    [link, direct] = await Promise.all([connectTo(relay.url), connectTo(nats.url)]);
    heard = [];
  });
  afterEach(async () => {
    await Promise.all([link.close(), direct.close()]);
    await relay.stop();
    await nats.stop();
  });

  it('lets everything through as it is while there is no plan', async () => {
    const { streams } = await jetstreamManager(link.connection);
    await streams.add({ name: 'KEPT', subjects: ['kept'] });
    await listen(link);
    const large = 'x'.repeat(200_000);
    link.send({ subject: 'said.large', body: bytes(large), headers: { a: 'b' } });
    say(link, 'one', 'two');
    const stored = await link.publish({ subject: 'kept', body: bytes('it'), messageId: 'once' });
    expect(stored).toMatchObject({ sequence: 1, isDuplicate: false });
    await waitUntil(() => heard.length === 3);
    expect(heard).toEqual([`said.large ${large}`, 'said.one one', 'said.two two']);
    expect(relay.counts).toEqual({ touched: 0, delivered: 0, lost: 0 });
  });

  it('loses what the plan says, and nothing else', async () => {
    await listen(direct);
    relay.plan = ({ subject }) => (subject === 'said.two' ? [] : undefined);
    say(link, 'one', 'two', 'three');
    await waitUntil(() => heard.length === 2);
    expect(heard).toEqual(['said.one one', 'said.three three']);
  });

  it('hands on later what the plan says, and so in another order', async () => {
    await listen(direct);
    relay.plan = ({ subject }) => (subject === 'said.one' ? [100] : undefined);
    say(link, 'one', 'two');
    await waitUntil(() => relay.pending === 1);
    await waitUntil(() => heard.length === 2);
    expect(heard).toEqual(['said.two two', 'said.one one']);
    expect(relay.pending).toBe(0);
  });

  it('repeats what comes to the client', async () => {
    await listen(link);
    relay.plan = ({ direction }) => (direction === 'answer' ? [0, 0, 0] : undefined);
    say(direct, 'one');
    await waitUntil(() => heard.length === 3);
    expect(new Set(heard)).toEqual(new Set(['said.one one']));
    expect(relay.counts).toEqual({ touched: 1, delivered: 3, lost: 0 });
  });

  it('repeats what a stream would keep once', async () => {
    const { streams } = await jetstreamManager(direct.connection);
    await streams.add({ name: 'KEPT', subjects: ['kept'] });
    relay.plan = ({ subject }) => (subject === 'kept' ? [0, 0, 0, 0, 0] : undefined);
    link.send({ subject: 'kept', body: bytes('it'), messageId: 'once' });
    await waitUntil(async () => (await streams.info('KEPT')).state.messages === 5);
    expect(new TextDecoder().decode((await streams.getMessage('KEPT', { seq: 5 }))?.data)).toBe('it');
  });

  it('tells of what is late how old it is', async () => {
    const ages: (string | undefined)[] = [];
    direct.subscribe('said.>', (message) => ages.push(message.header('age-ms')));
    await direct.connection.flush();
    relay.plan = () => [0, 100];
    link.send({ subject: 'said.one', body: bytes('one'), headers: { 'age-ms': '7' } });
    await waitUntil(() => ages.length === 2);
    expect(ages).toEqual(['7', '107']);
  });

  it('counts as lost what was under way when its connection ended', async () => {
    relay.plan = ({ subject }) => (subject === 'said.one' ? [2_000] : undefined);
    say(link, 'one');
    await waitUntil(() => relay.pending === 1);
    await link.close();
    await waitUntil(() => relay.pending === 0);
    expect(relay.counts).toEqual({ touched: 1, delivered: 0, lost: 1 });
  });
});
