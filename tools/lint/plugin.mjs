import { pureCore } from './pure-core.mjs';
import { textNodesOnly } from './text-nodes-only.mjs';

/** Rules of ours for what the general tools can't express. Loaded by .oxlintrc.json. */
export default { meta: { name: 'zantara' }, rules: { 'pure-core': pureCore, 'text-nodes-only': textNodesOnly } };
