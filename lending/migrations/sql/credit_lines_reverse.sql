DROP TRIGGER disbursement_drawdown ON lending_disbursement;
DROP FUNCTION lending_disbursement_drawdown();
DROP TRIGGER drawdown_steps ON lending_drawdown;
DROP FUNCTION lending_drawdown_steps();
DROP TRIGGER line_steps ON lending_creditline;
DROP FUNCTION lending_line_steps();
DROP TRIGGER append_only ON lending_linemovement;
