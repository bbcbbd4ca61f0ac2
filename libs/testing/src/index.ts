export { startTestNats, TestNats, type TestNatsOptions } from './nats/start-test-nats.ts';
export { waitUntil } from './wait-until.ts';
