export { JETSTREAM, JetStreamHandler, type JetStreamHandlerOptions } from './nest/jetstream-handler.decorator.ts';
export { JetStreamStrategy, type JetStreamStrategyOptions } from './nest/jetstream.strategy.ts';
export { PassThroughRpcFilter } from './nest/pass-through.filter.ts';
