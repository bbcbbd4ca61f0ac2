export { ReportInvalidError, ReportNotStoredError, ReportTooLargeError } from '#libs/agent-core';
export type { HostError } from './assembly/host-reports.ts';
export type { AgentConfig, AgentConfigInput } from './boot/config.schema.ts';
export { loadAgentConfig, parseAgentConfig } from './boot/load-config.ts';
export { type RunningServiceAgent, startServiceAgent, type StartOptions } from './boot/start-service-agent.ts';
export type { Action, ActionOutcome, ActionPlan, ActionRequest, DryRun, Executor } from './executors/executor.ts';
export type { AgentLog } from './runtime/agent-log.ts';
export { AgentConfigError, type ConfigProblem, ProcessStartError, StateDirectoryInUseError } from './service-agent.errors.ts';
export type { AgentTransport } from './transport/agent-transport.ts';
