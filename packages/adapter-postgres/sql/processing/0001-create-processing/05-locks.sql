-- The locks that are held. One sequence serves all tokens, so released locks need not be remembered.
create table {{locks}} (
  name text collate "C" constraint {{locks_key}} primary key,
  session uuid not null, -- held as long as it is living
  holder uuid not null,
  token bigint not null
);

create sequence {{lock_tokens}};
