/**
 * Options of Node.js and V8 that the executable carries and that nothing outside can change. This is their only place.
 *
 * - `--disable-sigusr1`: a signal does not open a debugger, which would read every secret.
 */
export const nodeFlags: readonly string[] = ['--disable-sigusr1'];
