import { STACK_PARTS } from './stack-parts';
import { runFromTerminal } from './stack-terminal';

void runFromTerminal(STACK_PARTS);
