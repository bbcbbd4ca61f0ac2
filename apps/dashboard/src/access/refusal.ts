import { signal } from '@preact/signals';
import type { ApiError } from '../api/api-error.ts';

/** Why the API tells this page nothing: nobody known looks at it. Undefined as long as it does. */
export const refusal = signal<ApiError | undefined>(undefined);
