/** On every answer below /api: which log it is of. Positions of another log mean nothing here. */
export const LOG_ID_HEADER = 'zantara-log-id';
