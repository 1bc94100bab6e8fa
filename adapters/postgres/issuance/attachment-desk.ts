import { randomUUID } from 'node:crypto';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { FileStore } from '../../../ports/file-store';
import type { AttachmentDesk } from '../../../ports/office-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { claimIdempotencyKey } from '../register/idempotency-keys';
import type { Register } from '../register/register';

export interface AttachmentDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly fileStore: FileStore;
  readonly clock: Clock;
}

/** Files that belong to a request or a decision. */
export class PostgresAttachmentDesk implements AttachmentDesk {
  readonly #options: AttachmentDeskOptions;

  constructor(options: AttachmentDeskOptions) {
    this.#options = options;
  }

  /** The bytes are flushed to the store before the row says that they exist; a refusal leaves at most bytes nobody refers to. */
  async add(
    principal: Principal,
    file: Parameters<AttachmentDesk['add']>[1],
    idempotency: Parameters<AttachmentDesk['add']>[2],
  ): Promise<Result<{ readonly id: string }, Refusal>> {
    const authorityId = ownerOf(principal);
    if (authorityId === undefined) return refused({ code: 'notPermitted' });
    const { register, cipher, fileStore, clock } = this.#options;
    const digest = await fileStore.put(file.bytes);
    const now = clock.now();
    const id = randomUUID();
    return register.within(principal, async (transaction) => {
      const claim = await claimIdempotencyKey(transaction, principalName(principal), idempotency, {
        resourceKind: 'attachment',
        resourceId: id,
        now,
      });
      if (!claim.ok) return claim;
      if (claim.value.replayed) return accepted({ id: claim.value.resourceId });
      await transaction('stored_file')
        .insert({ digest, size_bytes: file.bytes.length, media_type: file.mediaType, stored_at: now })
        .onConflict('digest')
        .ignore();
      await transaction('attachment').insert({
        id,
        authority_id: authorityId,
        digest,
        file_name_cipher: cipher.encrypt(file.fileName, cipherPlace('attachment.file_name_cipher', id)),
        media_type: file.mediaType,
        uploaded_by: principalName(principal),
        uploaded_at: now,
      });
      return accepted({ id });
    });
  }
}

/** Evidence of holders and relying parties belongs to no authority until its objection is filed; undefined: nobody's to keep. */
function ownerOf(principal: Principal): string | null | undefined {
  switch (principal.kind) {
    case 'holder':
    case 'relyingParty':
      return null;
    case 'agency':
      return principal.authorityId;
    case 'person':
      return principal.authorityId ?? undefined;
    case 'system':
      return undefined;
  }
}
