-- The message that a draft answers.
ALTER TABLE drafts ADD COLUMN reply_to INTEGER;
