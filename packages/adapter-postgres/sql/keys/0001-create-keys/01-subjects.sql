-- The subjects that have keys, or were forgotten. Its row is what calls that concern one subject wait for.
create table {{subjects}} (
  subject text collate "C" constraint {{subjects_key}} primary key,
  current_key uuid, -- null if the subject was forgotten
  forgotten_at timestamptz(3), -- for people only
  constraint {{subjects_check}} check ((current_key is null) = (forgotten_at is not null))
);
