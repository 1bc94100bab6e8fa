// Temporal finds workflow types by the exports of one module; this list is that module.
export { anomalyCase } from './anomaly-case/workflow';
export { certificateChange } from './certificate-change/workflow';
export { delivery } from './delivery/workflow';
export { forceMajeureEvent } from './force-majeure-event/workflow';
export { issuance } from './issuance/workflow';
