DROP INDEX loan_transaction_value_date;
DROP INDEX loan_transaction_amount;
DROP INDEX loan_transaction_newest;
DROP TRIGGER loan_change_final ON lending_loanchange;
DROP FUNCTION lending_loan_change_final();
