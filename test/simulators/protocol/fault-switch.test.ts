import { createFaultSwitch, FAULT_MODES, readFault } from '../../../simulators/protocol/fault-switch';

describe('the fault switch of a simulator', () => {
  it('is well at the start, and again after the faults it was told to have', () => {
    const faults = createFaultSwitch();
    expect(faults.take().mode).toBe('none');
    faults.set({ mode: 'down', delayMs: 0, remaining: 2 });
    expect([faults.take().mode, faults.take().mode, faults.take().mode]).toEqual(['down', 'down', 'none']);
  });

  it('stays ill until told otherwise when no number is given', () => {
    const faults = createFaultSwitch();
    faults.set({ mode: 'slow', delayMs: 5, remaining: null });
    for (let call = 0; call < 20; call += 1) expect(faults.take().mode).toBe('slow');
    expect(faults.current().mode).toBe('slow');
  });

  it.each(FAULT_MODES)('reads %s', (mode) => {
    expect(readFault({ mode })).toEqual({ mode, delayMs: 0, remaining: null });
  });

  it.each([
    null,
    'down',
    {},
    { mode: 'explode' },
    { mode: 'slow', delayMs: -1 },
    { mode: 'slow', delayMs: 1e9 },
    { mode: 'down', remaining: 0 },
    { mode: 'down', remaining: 1.5 },
  ])('refuses %j', (body) => {
    expect(readFault(body)).toBeNull();
  });
});
