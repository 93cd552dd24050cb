DROP TRIGGER promise_final ON lending_promisetopay;
DROP FUNCTION lending_promise_final();
DROP TRIGGER contact_final ON lending_contactattempt;
DROP FUNCTION lending_contact_final();
DROP TRIGGER letter_final ON lending_demandletter;
DROP TRIGGER append_only ON lending_caseevent;
