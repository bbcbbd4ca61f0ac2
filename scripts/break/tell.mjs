import { askApi } from './api.mjs';

/** Where to see what becomes of it. */
export async function renderWatch({ api_url: page, users_url: users }) {
  const stats = await askApi(users, '/stats');
  const soFar = stats === undefined ? '' : `   (${stats.total.lost} of ${stats.total.sent} so far)`;
  return `
Watch it:
  page            ${page}
  every event     npm run zantara -- tail
  the story       npm run zantara -- incidents show --latest
  lost requests   ${users}/stats${soFar}
`;
}

export const GET_BACK = 'To get it back: Ctrl-C in the terminal of npm start, then npm start again.';
