import { say, type Teller } from '../sentence.ts';

/** Who may do what. */
export const ACCESS_TELLERS: Readonly<Record<string, Teller>> = {
  ApiKeyCreated: (data) => {
    const use = data.find('kind') === 'ingest' ? 'for reports alone' : `with the role ${data.text('role')}`;
    const end = data.find('expires_at');
    return say('plain', `${data.text('owner')} got the API key ${data.text('key_id')} ${use}`, [
      end === undefined ? undefined : `until ${end}`,
      data.find('reason'),
    ]);
  },
  ApiKeyRevoked: (data) => say('plain', `the API key ${data.text('key_id')} was revoked`, [data.find('reason')]),
};
