import { UnsupportedNatsServerError } from './messaging.errors.ts';

/** What a server says of itself when one connects. */
export interface ServerInfo {
  version: string;
  jetstream?: boolean;
}

const OLDEST = { major: 2, minor: 10 };

/** @throws UnsupportedNatsServerError for a server older than 2.10 or one without JetStream. */
export function assertSupportedServer(info: ServerInfo): void {
  const [major = 0, minor = 0] = info.version.split('.').map(Number);
  const isNewEnough = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  if (!isNewEnough) throw new UnsupportedNatsServerError(`it is version ${info.version}`);
  if (info.jetstream !== true) throw new UnsupportedNatsServerError('JetStream is not enabled');
}
