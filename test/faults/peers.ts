import type { FaultStack } from './fault-stack';

export type Peer = 'agency' | 'portal' | 'up-report';
export type PeerFault = 'none' | 'down' | 'hang' | 'error500' | 'cutHalfWay' | 'garbage';

/** Tells a simulator of the outside world how to fail; `none` makes it well again. */
export async function tellPeer(stack: FaultStack, peer: Peer, mode: PeerFault): Promise<void> {
  const answer = await fetch(`${stack.baseUrl(peer)}/control/faults`, {
    method: 'PUT',
    body: JSON.stringify({ mode }),
  });
  if (!answer.ok) throw new Error(`${peer} does not take a fault: ${answer.status}`);
}
