import { ReportCompanions } from '../../src/intake/report-companions.service.ts';
import { RecordingLogger } from './recording-logger.ts';

/** Reports set nothing off. */
export const noCompanions = (): ReportCompanions => new ReportCompanions(new RecordingLogger());
