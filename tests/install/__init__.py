"""That a clone installs what its locks say, wherever it lies and whatever there is to be had."""
