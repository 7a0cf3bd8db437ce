if {{is_sendable}}(w_category, w_stream, e_name, e_version, e_observed, e_occurred) is not true then
  perform {{refuse}}();
end if;
if {{ordering_guarantee}} <> 'log' or not pg_try_advisory_xact_lock({{events_literal}}::regclass::oid::integer, 0) then
  perform {{order}}(array[w_category], array[w_stream], lock_timeout_ms);
end if;
