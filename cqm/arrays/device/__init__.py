"""Arrays of the array API standard on their device: tiles by their own library, nothing waited for in between."""
