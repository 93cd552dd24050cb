DROP TRIGGER letter_final ON lending_decisionletter;
DROP FUNCTION lending_letter_final();
