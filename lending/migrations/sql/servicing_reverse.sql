DROP TRIGGER loan_steps ON lending_loan;
DROP FUNCTION lending_loan_steps();
DROP TRIGGER append_only ON lending_planversion;
DROP TRIGGER append_only ON lending_transactionbooking;
DROP TRIGGER append_only ON lending_loantransaction;
DROP FUNCTION lending_cents(numeric, integer, boolean);
DROP FUNCTION lending_loanday_partition(date);
DROP TABLE lending_loanday;
