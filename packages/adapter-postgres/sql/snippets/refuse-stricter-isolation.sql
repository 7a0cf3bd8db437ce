if current_setting('transaction_isolation') <> 'read committed' then
  raise exception 'eventfold publishes at READ COMMITTED only' using errcode = '25001';
end if;
