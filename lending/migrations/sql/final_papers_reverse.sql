DROP TRIGGER paper_final ON lending_loanpaper;
DROP FUNCTION lending_paper_final();
