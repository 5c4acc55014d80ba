/// <reference lib="esnext.disposable" preserve="true" />
/* Keyfob for the tests of an application: a mock of its secret store, with faults at will. */
export { startKeyfob } from './testing/start-keyfob.ts';
export { spawnKeyfob } from './testing/spawn-keyfob.ts';
export type { TestKeyfob, TestKeyfobOptions, TestSecret, TestFaults, TestLogFilter } from './testing/test-keyfob.ts';
export type { FaultCode, FaultOperation, RawDelay, RawFault } from './core/fault.ts';
export type { LoggedAccess, LoggedCall, ScenarioName, SimulationLogEntry } from './core/simulation-control.ts';
