import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { RunningOrchestrator } from '../../../test/builders/running-orchestrator.ts';
import { upcasters } from './upcasters.ts';

describe('the upcasters of the orchestrator', () => {
  let orchestrator: RunningOrchestrator;
  beforeAll(async () => {
    orchestrator = await RunningOrchestrator.start();
  }, 60_000);
  afterAll(async () => {
    jest.restoreAllMocks();
    await orchestrator.stop();
  });

  it('stand between the log and everything that reads it', async () => {
    jest.spyOn(upcasters, 'upcast').mockImplementation((type) => ({ schemaVersion: 7, data: { upcast: type } }));
    const [event] = await orchestrator.log.store.readAll({ after: 0, limit: 1 });
    expect(event).toMatchObject({ schemaVersion: 7, data: { upcast: event?.type } });
  });
});
