/** Whether a fault of the operating system has this code, such as ENOENT. */
export function isCode(fault: unknown, code: string): boolean {
  return typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === code;
}
