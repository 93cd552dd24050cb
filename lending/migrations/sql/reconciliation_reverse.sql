DROP TRIGGER append_only ON lending_breakstep;
DROP TRIGGER append_only ON lending_reconciliationbreak;
