import { Upcasters } from '#libs/event-store';

/**
 * How the data of events changed since the first release. An event is written in the newest version of its type and read in it,
 * whatever it was written in. To change an event, add a step here and a sample of the new version to test/event-samples; older
 * steps and samples stay as they are.
 */
export const upcasters = new Upcasters([]);
