interface RecordedRun {
  pids?: Readonly<Record<string, number>>;
}

type Ending = (run: RecordedRun | undefined, stateDir: string, log: (message: string) => void) => Promise<void>;

export const endLeftovers: Ending;
export const endLeftoverServers: Ending;
