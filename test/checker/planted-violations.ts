/** A case that is issued, as part of a statement. */
export const ONE_CASE = `(SELECT id FROM issuance WHERE state = 'issued' ORDER BY id LIMIT 1)`;
const ONE_VERSION = `(SELECT id FROM certificate_version ORDER BY id LIMIT 1)`;
const HOUR = `interval '1 hour'`;

/** Invariant, what was planted, and words of what must be found. */
export const PLANTED: readonly (readonly [string, string, string, RegExp])[] = [
  [
    'I1',
    'a case whose row says otherwise than its events',
    `UPDATE issuance SET state = 'refused', state_reason = '{"code":"x","detail":"y"}' WHERE id = ${ONE_CASE}`,
    /state refused.*but the events end it 1 times \(issued\)/,
  ],
  [
    'I1',
    'a case that never ended',
    `UPDATE issuance SET state = 'sealed', closed_at = NULL WHERE id = ${ONE_CASE}`,
    /still sealed/,
  ],
  [
    'I1',
    'an acknowledged request that is gone',
    `INSERT INTO idempotency_key VALUES ('agency:x', 'POST', '/api/v1/issuances', 'k', '\\x00', 'issuance', gen_random_uuid(), now())`,
    /acknowledged to agency:x but not in the register/,
  ],
  ['I1', 'a holder without a delivery', 'DELETE FROM delivery', /holder 1 has 0 deliveries/],
  [
    'I1',
    'a second delivery to one holder',
    `ALTER TABLE delivery DROP CONSTRAINT delivery_one_per_holder;
     INSERT INTO delivery (certificate_version_id, holder_ordinal, authority_id, trade, channel, state, created_at, updated_at)
     SELECT certificate_version_id, holder_ordinal, authority_id, trade, channel, 'pending', created_at, updated_at FROM delivery LIMIT 1`,
    /has 2 deliveries/,
  ],
  [
    'I1',
    'a renewal that nobody asked for',
    `UPDATE certificate_version SET marks = '{renewalPending}' WHERE id = ${ONE_VERSION}`,
    /carries 延续审查中, but nothing asks for it to go on/,
  ],
  [
    'I1',
    'a superseded version that nothing follows',
    `UPDATE certificate_version SET state = 'superseded' WHERE id = ${ONE_VERSION}`,
    /superseded, but no issued version follows it/,
  ],
  [
    'I1',
    'a change that ended without an event',
    `INSERT INTO certificate_change (id, certificate_id, certificate_version_id, operation, state, authority_id, trade,
       catalog_entry_version_id, agency_system_id, business_number, decided_at, request_cipher, received_at, updated_at, closed_at)
     SELECT gen_random_uuid(), certificate_id, id, 'suspend', 'done', authority_id, trade, catalog_entry_version_id,
       (SELECT id FROM agency_system LIMIT 1), 'X-1', now(), '\\x00', now(), now(), now()
     FROM certificate_version WHERE id = ${ONE_VERSION}`,
    /change done, but the events end it 0 times/,
  ],
  [
    'I1',
    'a mark of a dispute that nobody has',
    `UPDATE certificate_version SET marks = '{underInvestigation}' WHERE id = ${ONE_VERSION}`,
    /carries 核查中 but no anomaly case disputes it/,
  ],
  [
    'I1',
    'a disputed certificate without its mark',
    `INSERT INTO anomaly_case (id, number, state, authority_id, issuing_authority_id, trade, certificate_id, certificate_version_id, filed_at, updated_at)
     SELECT gen_random_uuid(), 'x', 'filed', authority_id, authority_id, trade, certificate_id, id, now(), now() FROM certificate_version LIMIT 1`,
    /is disputed but does not carry 核查中/,
  ],
  [
    'I1',
    'a certificate in doubt for which nobody says why',
    `UPDATE certificate_version SET marks = '{statusInDoubt}' WHERE id = ${ONE_VERSION}`,
    /carries 状态存疑, and no doubt says why/,
  ],
  [
    'I1',
    'a force-majeure event that was closed by nobody, with an item that nobody made up',
    `WITH closed AS (
       INSERT INTO force_majeure_event (id, number, state, authority_id, trade, cause, occurred_at, known_at, entered_afterwards, content_cipher,
         declared_by, declared_at, reported_at, receipt_number, decided_by, decided_at, began_at, cleared_at, report_number, report_facts, report_text, closed_at, updated_at)
       SELECT gen_random_uuid(), 'x', 'closed', v.authority_id, v.trade, 'flood', now(), now(), false, '\\x00',
         p.id, now(), now(), 'x', q.id, now(), now(), now(), 'x', '{}', 'x', now(), now()
       FROM certificate_version v, person p, person q WHERE p.id < q.id LIMIT 1 RETURNING id, authority_id, trade)
     INSERT INTO force_majeure_item (event_id, authority_id, trade, catalog_entry_id, operation, subject_kind, reference, origin, cause_code, since, added_at)
     SELECT closed.id, closed.authority_id, closed.trade, k.id, 'issue', 'businessNumber', 'x', 'collected', 'x', now(), now()
     FROM closed, catalog_entry k LIMIT 1`,
    /neither made up nor excepted/,
  ],
  ['I1', 'a certificate that was never reported', 'DELETE FROM up_report', /0 up-reports/],
  [
    'I2',
    'one number on two certificates',
    `UPDATE certificate c SET number = (SELECT min(number) FROM certificate o WHERE o.catalog_entry_id = c.catalog_entry_id)`,
    /bear the same number/,
  ],
  [
    'I2',
    'a number that the counter passed without a record',
    'UPDATE number_counter SET next_sequence = next_sequence + 1',
    /the counter stands before 4, the records are 2/,
  ],
  [
    'I2',
    'a number reserved for a case that is over',
    `UPDATE number_record SET state = 'reserved'`,
    /is reserved while its case is issued/,
  ],
  [
    'I3',
    'a second signature of one seal',
    `ALTER TABLE seal_signature DROP CONSTRAINT seal_signature_once, DROP CONSTRAINT seal_signature_pkey;
     INSERT INTO seal_signature SELECT * FROM seal_signature LIMIT 1`,
    /place 1 bears 2 signatures/,
  ],
  [
    'I3',
    'a required seal that is missing',
    `DELETE FROM seal_signature WHERE file_kind = 'pdf'`,
    /pdf place 1 bears no seal/,
  ],
  [
    'I3',
    'a use of a seal that nobody wrote down',
    'DELETE FROM seal_use',
    /0 entries in the register of uses/,
  ],
  [
    'I4',
    'a delivery before the issue',
    `UPDATE delivery SET created_at = created_at - ${HOUR}`,
    /delivered before it was issued/,
  ],
  [
    'I4',
    'a version in force that was not issued',
    `ALTER TABLE certificate_version DROP CONSTRAINT certificate_version_effective_when_issued;
     UPDATE certificate_version SET issued_at = NULL WHERE id = ${ONE_VERSION}`,
    /inForce without having been issued/,
  ],
  [
    'I4',
    'an issue before the sealing',
    `UPDATE certificate_version SET issued_at = issued_at - ${HOUR}`,
    /was sealed after it was issued/,
  ],
  [
    'I5',
    'another file in the place of the sealed one',
    `UPDATE certificate_file f SET digest = i.container_digest FROM sealing_intent i
     WHERE i.certificate_version_id = f.certificate_version_id AND i.file_kind = f.file_kind`,
    /is not what the last seal left[\s\S]*is not the one that the event names[\s\S]*ofd: (verification says|it bears)/,
  ],
  [
    'I5',
    'a file that is not in the store',
    `INSERT INTO stored_file VALUES ('${'0'.repeat(64)}', 1, 'application/ofd', now())`,
    /0{64}: the register says that it exists, but it is not in the store/,
  ],
  [
    'I5',
    'a number that is not the one in the file',
    `UPDATE certificate SET number = number || 'X'`,
    /it bears another number/,
  ],
  [
    'I6',
    'a seal that is older than its intent',
    `UPDATE sealing_intent SET prepared_at = prepared_at + ${HOUR}`,
    /was sealed before its intent was written/,
  ],
  ['I6', 'a seal without an intent', 'DELETE FROM sealing_intent', /was sealed without an intent/],
  [
    'I6',
    'an intent that was left open',
    `UPDATE sealing_intent SET state = 'open', closed_at = NULL`,
    /open, while its case is issued/,
  ],
  [
    'I7',
    'an event that was changed',
    `UPDATE event SET facts = facts || '{"state":"suspended"}' WHERE kind = 'certificate.issue'`,
    /its leaf is not the digest of the event as it stands now/,
  ],
  [
    'I7',
    'an event that was taken away',
    `DELETE FROM event WHERE kind = 'certificate.issue'`,
    /whose event is gone/,
  ],
  [
    'I7',
    'an event without a leaf',
    `DELETE FROM event_log_leaf WHERE event_id = (SELECT event_id FROM event_log_link WHERE position = 3)`,
    /the event has no leaf/,
  ],
  ['I7', 'a link that was cut out', 'DELETE FROM event_log_link WHERE position = 2', /position 2 is missing/],
  [
    'I7',
    'two entries that changed places',
    `ALTER TABLE event_log_link DROP CONSTRAINT event_log_link_once;
     UPDATE event_log_link k SET event_id = o.event_id FROM event_log_link o
     WHERE k.position IN (4, 5) AND o.position = 9 - k.position`,
    /the head at 4 does not follow/,
  ],
  [
    'I7',
    'a head that another key signed',
    `UPDATE event_log_head SET signature = set_byte(signature, 12, get_byte(signature, 12) # 1)`,
    /the signature of the head is wrong/,
  ],
  [
    'I8',
    'a lease that nobody gives back',
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at, leased_until)
     VALUES ('planted', 'mail', '{}', '2026-01-01', '2026-01-01')`,
    /its lease ended at/,
  ],
  [
    'I8',
    'an item that is due and never done',
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at, attempts)
     VALUES ('planted', 'upReport', '{}', '2026-01-01', 7)`,
    /due since .*tried 7 times/,
  ],
];

/** Cases of the other lifecycles that are on their way: no fault, unless all should be over. */
export const OPEN_LIVES: readonly (readonly [kind: string, state: string, planted: string])[] = [
  [
    'certificateChange',
    'underReview',
    `INSERT INTO certificate_change (id, certificate_id, certificate_version_id, operation, state, authority_id, trade,
       catalog_entry_version_id, agency_system_id, business_number, decided_at, request_cipher, received_at, updated_at)
     SELECT gen_random_uuid(), certificate_id, id, 'amend', 'underReview', authority_id, trade, catalog_entry_version_id,
       (SELECT id FROM agency_system LIMIT 1), 'X-1', '2026-01-05', '\\x00', '2026-01-05', '2026-01-05'
     FROM certificate_version WHERE id = ${ONE_VERSION}`,
  ],
  [
    'anomalyCase',
    'filed',
    `INSERT INTO anomaly_case (id, number, state, authority_id, issuing_authority_id, trade, certificate_id, certificate_version_id, filed_at, updated_at)
     SELECT gen_random_uuid(), 'x', 'filed', authority_id, authority_id, trade, certificate_id, id, '2026-01-05', '2026-01-05'
     FROM certificate_version WHERE id = ${ONE_VERSION};
     UPDATE certificate_version SET marks = '{underInvestigation}' WHERE id = ${ONE_VERSION}`,
  ],
  [
    'forceMajeureEvent',
    'declared',
    `INSERT INTO force_majeure_event (id, number, state, authority_id, trade, cause, occurred_at, known_at, entered_afterwards, content_cipher,
       declared_by, declared_at, began_at, updated_at)
     SELECT gen_random_uuid(), 'x', 'declared', v.authority_id, v.trade, 'flood', '2026-01-05', '2026-01-05', false, '\\x00',
       p.id, '2026-01-05', '2026-01-05', '2026-01-05'
     FROM certificate_version v, person p LIMIT 1`,
  ],
];
