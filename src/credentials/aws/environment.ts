import type { Environment } from '../../core/environment.ts';

/** Whether a variable says `true`, in any case of letters. */
export const isOn = (env: Environment, name: string): boolean => env[name]?.toLowerCase() === 'true';
