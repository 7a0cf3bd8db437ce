if {{is_sendable}}(w_category, w_stream, e_name, e_version, e_observed, e_occurred) is not true or cardinality(e_tags) > 100 then
  perform {{refuse}}();
end if;
